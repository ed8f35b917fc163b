/** The link to this program at this step, and the same as a file. */
import { Copy, Download, FolderOpen } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { decodeFile, encodeFile, FILE_SUFFIX, LINK_COMFORT_CHARACTERS } from "../../scenario/link";
import { useActions, useText, useUi, useUiStore } from "../../store";
import { ActionButton, copyText } from "../../ui";
import { DialogBox } from "../../ui/dialog";
import type { DialogProps } from "./props";

export function ShareDialog({ onClose }: DialogProps) {
  const text = useText().dialogs;
  const actions = useActions();
  const store = useUiStore();
  const slug = useUi((state) => state.scenario.slug);
  const [link, setLink] = useState("");
  const [failed, setFailed] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => void actions.link().then(setLink), [actions]);

  const copy = async (): Promise<void> => {
    if (await copyText(link)) {
      actions.toast(text.copied);
      return;
    }
    // Without permission (frames, old browsers) the field is selected, so that Ctrl+C works.
    actions.toast(text.selected);
    field.current?.select();
  };

  const save = async (): Promise<void> => {
    const state = store.getState();
    const file = encodeFile({
      scenario: { ...state.scenario, source: state.draft },
      view: await actions.viewToShare(),
    });
    const url = URL.createObjectURL(new Blob([file], { type: "application/json" }));
    const anchor = document.createElement("a");
    anchor.href = url;
    anchor.download = `${slug ?? "scenario"}${FILE_SUFFIX}`;
    anchor.click();
    URL.revokeObjectURL(url);
  };

  const openFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const shared = decodeFile(new Uint8Array(await file.arrayBuffer()));
    setFailed(!shared.ok);
    if (shared.ok) await actions.open(shared.value.scenario, shared.value.view);
  };

  const share = Math.min(1, link.length / LINK_COMFORT_CHARACTERS);
  return (
    <DialogBox title={text.share} onClose={onClose} narrow testId="share-dialog">
      <p className="dim">{text.shareHint}</p>
      <input
        ref={field}
        className="input mono"
        readOnly
        value={link}
        aria-label={text.share}
        data-testid="share-link"
        onFocus={(event) => event.target.select()}
      />
      <div
        className="share-meter"
        role="meter"
        aria-label={text.length(link.length, LINK_COMFORT_CHARACTERS)}
        aria-valuemin={0}
        aria-valuemax={LINK_COMFORT_CHARACTERS}
        aria-valuenow={Math.min(link.length, LINK_COMFORT_CHARACTERS)}
      >
        <i style={{ width: `${share * 100}%`, background: share >= 1 ? "var(--bad)" : "var(--accent)" }} />
      </div>
      <p className="dim">
        {link.length > LINK_COMFORT_CHARACTERS ? text.tooLong : text.length(link.length, LINK_COMFORT_CHARACTERS)}
      </p>
      {failed ? (
        <p role="alert" className="bad-text">
          {text.fileProblem}
        </p>
      ) : null}
      <div className="dialog-actions">
        <ActionButton kind="primary" onPress={() => void copy()} isDisabled={link === ""} testId="copy-link">
          <Copy size={14} />
          {text.copy}
        </ActionButton>
        <ActionButton onPress={() => void save()}>
          <Download size={14} />
          {text.download}
        </ActionButton>
        <ActionButton onPress={() => picker.current?.click()}>
          <FolderOpen size={14} />
          {text.openFile}
        </ActionButton>
        <input
          ref={picker}
          type="file"
          accept=".json"
          hidden
          data-testid="open-file"
          onChange={(event) => void openFile(event.target.files?.[0])}
        />
      </div>
      <p className="dim">{text.embed}</p>
    </DialogBox>
  );
}
