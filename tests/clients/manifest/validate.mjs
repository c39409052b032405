// Reads a JSON list of manifests from stdin and writes, for each, what Microsoft's validator finds wrong with it.
import { AppManifestUtils } from "@microsoft/app-manifest";
import { text } from "node:stream/consumers";

const manifests = JSON.parse(await text(process.stdin));
const found = await Promise.all(manifests.map((manifest) => AppManifestUtils.validateAgainstSchema(manifest)));
process.stdout.write(JSON.stringify(found));
