import { X } from "lucide-react";
import type { ReactNode } from "react";
import { Dialog, Heading, I18nProvider, Modal, ModalOverlay } from "react-aria-components";
import { useText, useUi } from "../store";
import { IconButton } from "./button";

interface DialogBoxProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly narrow?: boolean;
  /** Fills the page. */
  readonly full?: boolean;
  readonly head?: ReactNode;
  readonly testId: string;
  readonly bodyClass?: string;
}

/** A modal with a title row. Esc and a press outside close it; focus goes back to where it was. */
export function DialogBox({
  title,
  onClose,
  children,
  narrow = false,
  full = false,
  head,
  testId,
  bodyClass = "dialog-body",
}: DialogBoxProps) {
  const text = useText();
  const locale = useUi((state) => state.locale);
  return (
    <I18nProvider locale={locale}>
      <ModalOverlay className="modal-scrim" isOpen isDismissable onOpenChange={(open) => !open && onClose()}>
        <Modal className={`modal ${full ? "full" : narrow ? "narrow" : ""}`}>
          <Dialog className="dialog" data-testid={testId}>
            <div className="dialog-head">
              <Heading slot="title" level={2}>
                {title}
              </Heading>
              <div className="grow">{head}</div>
              <IconButton label={text.dialogs.close} keys="Esc" onPress={onClose}>
                <X size={16} />
              </IconButton>
            </div>
            <div className={bodyClass}>{children}</div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </I18nProvider>
  );
}
