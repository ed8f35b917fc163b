import { MemorySwitch } from "../shared/memory-switch";
export default function PhysicalPanel() {
  return (
    <header className="panel-head">
      <span className="grow" />
      <MemorySwitch />
    </header>
  );
}
