/** What can be done with one chunk: calls at the cursor, going to its events, copying. Opens at the pointer; every item has a key. */
import { useEffect, useEffectEvent, useRef } from "react";
import { Header, Menu, MenuItem, MenuSection, Popover, Separator, Text } from "react-aria-components";
import type { PanelText } from "../../i18n/panels";
import { shortAddress } from "../../render/text";
import type { ViewPoint } from "../../scene/types";

export interface ChunkMenuFacts {
  readonly chunkAddr: number;
  readonly userAddr: number;
  readonly sizeBytes: number;
  readonly wordBytes: number;
  /** What the title shows: name or short address, and state. */
  readonly title: string;
  readonly state: string;
  readonly role: string;
  /** C expression for its user pointer, "" when no variable in scope leads here. */
  readonly expression: string;
  /** False for top, allocator data and what is no chunk of the program's. */
  readonly callable: boolean;
  /** Index of the operation that handed it out, and of its previous and next events; −1 none. */
  readonly malloc: number;
  readonly previous: number;
  readonly next: number;
  readonly pointers: number;
}

export interface ChunkMenuActions {
  readonly free: (facts: ChunkMenuFacts) => void;
  readonly realloc: (facts: ChunkMenuFacts) => void;
  readonly writePast: (facts: ChunkMenuFacts) => void;
  readonly goTo: (operation: number) => void;
  readonly whoPoints: (facts: ChunkMenuFacts) => void;
  readonly pin: (facts: ChunkMenuFacts) => void;
  readonly copy: (facts: ChunkMenuFacts) => void;
}

interface Item {
  readonly id: string;
  readonly icon: string;
  readonly label: string;
  readonly hint: string;
  readonly key: string;
  readonly disabled: boolean;
  readonly act: () => void;
}

function itemsOf(facts: ChunkMenuFacts, actions: ChunkMenuActions, text: PanelText): readonly (readonly Item[])[] {
  const { menu } = text;
  const name = facts.expression === "" ? facts.title : facts.expression;
  const noCall = !facts.callable || facts.expression === "";
  const event = (id: string, icon: string, label: string, key: string, operation: number): Item => ({
    id,
    icon,
    label,
    key,
    hint: operation < 0 ? menu.none : menu.operation(operation + 1),
    disabled: operation < 0,
    act: () => actions.goTo(operation),
  });
  return [
    [
      {
        id: "free",
        icon: "⌀",
        label: menu.free(name),
        hint: noCall ? menu.noName : "F",
        key: "f",
        disabled: noCall,
        act: () => actions.free(facts),
      },
      {
        id: "realloc",
        icon: "⇄",
        label: menu.realloc(name),
        hint: noCall ? menu.noName : "R",
        key: "r",
        disabled: noCall,
        act: () => actions.realloc(facts),
      },
      {
        id: "write",
        icon: "+",
        label: menu.writePast,
        hint: noCall ? menu.noName : menu.plusOneByte,
        key: "w",
        disabled: noCall,
        act: () => actions.writePast(facts),
      },
    ],
    [
      event("malloc", "«", menu.goMalloc, "m", facts.malloc),
      event("previous", "‹", menu.goPrevious, "[", facts.previous),
      event("next", "›", menu.goNext, "]", facts.next),
      {
        id: "who",
        icon: "→",
        label: menu.whoPoints,
        hint: String(facts.pointers),
        key: "p",
        disabled: false,
        act: () => actions.whoPoints(facts),
      },
    ],
    [
      { id: "pin", icon: "‖", label: menu.pinBeside, hint: "Alt", key: "b", disabled: false, act: () => actions.pin(facts) },
      { id: "copy", icon: "#", label: menu.copyAddress, hint: "C", key: "c", disabled: false, act: () => actions.copy(facts) },
    ],
  ];
}

export interface ChunkMenuProps {
  readonly facts: ChunkMenuFacts;
  readonly actions: ChunkMenuActions;
  readonly at: ViewPoint;
  readonly text: PanelText;
  readonly onClose: () => void;
}

export function ChunkMenu({ facts, actions, at, text, onClose }: ChunkMenuProps): React.ReactNode {
  const anchor = useRef<HTMLSpanElement>(null);
  const groups = itemsOf(facts, actions, text);
  const items = groups.flat();
  const run = (id: string): void => {
    onClose();
    items.find((item) => item.id === id)?.act();
  };
  // One letter an item, before the menu's own search by first letter sees it.
  const onKey = useEffectEvent((event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const item = items.find((candidate) => candidate.key === event.key.toLowerCase() && !candidate.disabled);
    if (item === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    run(item.id);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent): void => onKey(event);
    document.addEventListener("keydown", listener, true);
    return () => document.removeEventListener("keydown", listener, true);
  }, []);

  return (
    <>
      <span className="map-menu-anchor" ref={anchor} style={{ left: at.x, top: at.y }} />
      <Popover
        triggerRef={anchor}
        isOpen
        onOpenChange={(open) => !open && onClose()}
        placement="bottom start"
        offset={2}
        className="chunk-menu-pop"
      >
        <Menu
          aria-label={text.menu.label(facts.title)}
          className="chunk-menu"
          onAction={(id) => run(String(id))}
          autoFocus="first"
          disabledKeys={items.filter((item) => item.disabled).map((item) => item.id)}
        >
          {groups.map((group, index) => (
            <MenuSection key={group[0]?.id ?? index} aria-label={text.menu.label(facts.title)}>
              {index === 0 ? (
                <Header className="chunk-menu-title">
                  <b>{facts.title}</b>
                  <span className="state-chip" data-role={facts.role}>
                    {facts.state}
                  </span>
                  <span className="chunk-menu-addr">{shortAddress(facts.chunkAddr)}</span>
                </Header>
              ) : (
                <Header className="chunk-menu-line">
                  <Separator />
                </Header>
              )}
              {group.map((item) => (
                <MenuItem key={item.id} id={item.id} textValue={item.label} className="chunk-menu-item">
                  <span className="chunk-menu-icon" aria-hidden="true">
                    {item.icon}
                  </span>
                  <Text slot="label">{item.label}</Text>
                  <Text slot="description" className="chunk-menu-hint">
                    {item.hint}
                  </Text>
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </>
  );
}
