import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A certificate and its key, as files and as text (PEM). */
export interface TestCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A private authority, a server for 127.0.0.1 and localhost, and a client. */
export interface TestCertificates {
  readonly caFile: string;
  readonly ca: string;
  readonly server: TestCertificate;
  readonly client: TestCertificate;
}

/** Makes them with openssl in a fresh folder within `parent`; about 100 ms. They are good for a day. */
export function makeTestCertificates(parent: string): TestCertificates {
  const folder = mkdtempSync(path.join(parent, "tls-"));
  const openssl = (...args: readonly string[]): void =>
    void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "1", "-subj", "/CN=test authority");
  const issue = (name: string): TestCertificate => {
    writeFileSync(path.join(folder, `${name}.ext`), "subjectAltName=IP:127.0.0.1,DNS:localhost\n");
    openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
    const by = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "1"];
    openssl("x509", "-req", "-in", `${name}.csr`, ...by, "-extfile", `${name}.ext`, "-out", `${name}.pem`);
    const [certFile, keyFile] = [path.join(folder, `${name}.pem`), path.join(folder, `${name}.key`)];
    return { certFile, keyFile, cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
  };
  const caFile = path.join(folder, "ca.pem");
  return { caFile, ca: readFileSync(caFile, "utf8"), server: issue("server"), client: issue("client") };
}
