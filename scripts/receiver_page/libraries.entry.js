// All that the page uses of them: open and seal with age, Ed25519, the hashes.
export { armor, Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
export { hashes, verify } from "@noble/ed25519";
export { sha256, sha512 } from "@noble/hashes/sha2.js";
