import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** A certificate and its key, for a server that the activity is itself. */
export function makeCertificate(directory: string): void {
  const files = ["-keyout", join(directory, "key.pem"), "-out", join(directory, "certificate.pem")];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const words = ["req", "-x509", "-days", "2", "-subj", "/CN=localhost", ...key, ...files];
  execFileSync("/usr/bin/openssl", words, { stdio: ["ignore", "ignore", "pipe"] });
}
