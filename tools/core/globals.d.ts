/**
 * What the core may use beyond ECMAScript: text encoding, which every JavaScript host has (browsers, workers, Node). No DOM.
 * Only tsconfig.core.json sees this file.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { readonly stream?: boolean }): string;
}
