/** One mapping of the address space. */
import type { VmaFacts } from "../../decode/types";
import { mapsLine } from "../../decode/vmas";
import type { PanelText } from "../../i18n/panels";
import { vmaRole } from "../../render/roles";
import { hex } from "../../render/text";
import { sizeText } from "../../scene/sizes";

const PAGE = 4096;

export function MappingCard({ vma, text }: { readonly vma: VmaFacts; readonly text: PanelText }): React.ReactNode {
  const pages = (vma.end - vma.start) / PAGE;
  const permissions = `${vma.read ? "r" : "-"}${vma.write ? "w" : "-"}${vma.exec ? "x" : "-"}${vma.shared ? "s" : "p"}`;
  const rows: readonly (readonly [string, string])[] = [
    [text.inspector.permissions, permissions],
    [text.inspector.size, `${hex(vma.end - vma.start)} · ${sizeText(vma.end - vma.start)} · ${text.space.pages(pages)}`],
    [text.inspector.resident, text.space.resident(vma.residentPages, pages)],
    ...(vma.inode === 0 ? [] : [[text.inspector.file, hex(vma.fileOffset)] as const]),
  ];
  return (
    <article className="chunk-card" data-vma={vmaRole[vma.kind]}>
      <section>
        <div className="chunk-title">
          <span className="chunk-name mapping-name">
            {vma.name === "" ? text.space.kind[vma.kind] : vma.name.slice(vma.name.lastIndexOf("/") + 1)}
          </span>
          <span className="state-chip">{text.space.kind[vma.kind]}</span>
        </div>
        <div className="chunk-addresses">
          {hex(vma.start)} – {hex(vma.end)}
        </div>
      </section>
      <section>
        <div className="fields">
          {rows.map(([name, value]) => (
            <div key={name} className="field-line" data-valid="true">
              <span className="field-name">{name}</span>
              <span className="mono field-wide">{value}</span>
            </div>
          ))}
        </div>
      </section>
      <section>
        <h3>{text.inspector.mapsLine}</h3>
        <code className="maps-line">{mapsLine(vma).replace(/ {2,}/, "  ")}</code>
      </section>
    </article>
  );
}
