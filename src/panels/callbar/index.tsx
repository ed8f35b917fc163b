/** The call bar, loaded when it is first opened. */
import { lazy, Suspense } from "react";
import { useUi } from "../../store";

const OpenCallBar = lazy(() => import("./open-call-bar"));

export function CallBar() {
  const open = useUi((state) => state.callBar);
  return open ? (
    <Suspense fallback={null}>
      <OpenCallBar />
    </Suspense>
  ) : null;
}
