// Stands in for the package of this name, which the npm registry does not have: the same import, the same names.
import { Store } from "fermyon:spin/key-value@2.0.0";

const encoded = (value) => (typeof value === "string" ? new TextEncoder().encode(value) : value);

export const open = (label) => {
  const store = Store.open(label);
  return {
    get: (key) => store.get(key) ?? null,
    set: (key, value) => store.set(key, encoded(value)),
    delete: (key) => store.delete(key),
    exists: (key) => store.exists(key),
  };
};
export const openDefault = () => open("default");
