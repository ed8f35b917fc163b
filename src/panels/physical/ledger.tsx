/** Sums that must agree: resident pages by counter, and all frames by what they are used for. */
import { PAGE_SIZE } from "../../abi/machine-memory";
import { frameRoles, type Physical } from "../../decode/physical";
import { physicalTexts } from "../../i18n/physical";
import { frameLook } from "../../render/canvas/frame-map";
import { useUi } from "../../store";

const grouped = (count: number): string => count.toLocaleString("en").replaceAll(",", " ");
const kB = (pages: number): string => `${grouped((pages * PAGE_SIZE) / 1024)} kB`;

const rssNames = [
  ["anon", "RssAnon"],
  ["file", "RssFile"],
  ["shmem", "RssShmem"],
] as const;

export function RamLedger({ physical }: { readonly physical: Physical }) {
  const text = physicalTexts[useUi((state) => state.locale)];
  const { mapped, counters, byRole } = physical;
  const resident = mapped.anon + mapped.file + mapped.shmem;
  const total = frameRoles.reduce((sum, role) => sum + byRole[role], 0);
  const agrees = rssNames.every(([part]) => mapped[part] === counters[part]);
  return (
    <section className="ram-section ram-ledger" aria-label={text.ledger} data-testid="ram-ledger">
      <header className="ram-head">
        <h3>{text.ledger}</h3>
        <span className="dim">{text.ledgerHint}</span>
      </header>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.res}</th>
            <th scope="col">{text.entries}</th>
            <th scope="col">kB</th>
          </tr>
        </thead>
        <tbody>
          {rssNames.map(([part, name]) => (
            <tr key={part}>
              <th scope="row" className="mono">
                {name}
              </th>
              <td className="mono">{grouped(mapped[part])}</td>
              <td className="mono">{kB(mapped[part])}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">
              {text.sum}{" "}
              <span className={agrees ? "mono ram-agrees" : "bad-text"}>
                {agrees ? text.agrees : text.disagrees(counted(counters))}
              </span>
            </th>
            <td className="mono">{grouped(resident)}</td>
            <td className="mono" data-testid="ledger-rss">
              {kB(resident)}
            </td>
          </tr>
        </tfoot>
      </table>
      {byRole.standIn > 0 && mapped.file > byRole.file ? (
        <p className="dim">{text.standInNote(mapped.file - byRole.file)}</p>
      ) : null}
      <table>
        <thead>
          <tr>
            <th scope="col">{text.used}</th>
            <th scope="col">{text.frames}</th>
            <th scope="col">kB</th>
          </tr>
        </thead>
        <tbody>
          {frameRoles
            .filter((role) => byRole[role] > 0 && role !== "free")
            .map((role) => (
              <tr key={role}>
                <th scope="row" data-vma={frameLook[role].role}>
                  <span className="ram-swatch" data-role={role} aria-hidden="true" /> {text.role[role]}
                </th>
                <td className="mono">{grouped(byRole[role])}</td>
                <td className="mono">{kB(byRole[role])}</td>
              </tr>
            ))}
          <tr>
            <th scope="row">
              <span className="ram-swatch" data-role="free" aria-hidden="true" /> {text.role.free}
            </th>
            <td className="mono">{grouped(byRole.free)}</td>
            <td className="mono">{kB(byRole.free)}</td>
          </tr>
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{text.sum}</th>
            <td className="mono">{grouped(total)}</td>
            <td className="mono" data-testid="ledger-ram">
              {kB(total)}
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function counted({ anon, file, shmem }: Physical["counters"]): string {
  return `${grouped(anon)} + ${grouped(file)} + ${grouped(shmem)}`;
}
