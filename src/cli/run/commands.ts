/** The row of the table of commands for `run`. */
import { wrongConfig, type Command } from "../program/command.ts";

/** `outrider run`: starts the sidecar and ends when it is stopped. */
export const runCommand: Command = {
  name: "run",
  summary: "Run the sidecar in front of a model server.",
  operands: "",
  maxOperands: 0,
  about:
    "Listens for clients, passes every request to the model server unchanged, and measures it. The model server may start later: until it answers, /readyz on the admin port says why the sidecar is not ready. SIGTERM or SIGINT drains and stops, a second one stops at once. SIGHUP or a change of the file reloads the configuration.",
  takesConfig: true,
  flags: [],
  examples: [
    {
      line: "outrider run --upstream http://127.0.0.1:8080",
      explains: "All that is needed in addition to a model server.",
    },
    {
      line: "outrider run --upstream http://127.0.0.1:5000 --protocol mlflow --model-name churn --model-version 7",
      explains: "With the protocol, and the model for metrics: the paths of MLflow do not name it.",
    },
    {
      line: "outrider run --config /etc/outrider/outrider.yaml",
      explains: "Everything from a file, which is reloaded when it changes.",
    },
    {
      line: "outrider run --upstream unix:/run/model.sock --listen [::]:0",
      explains: "A Unix socket to the model server, any free port for clients.",
    },
  ],
  exitCodes: [
    { code: 0, meaning: "Stopped after a signal." },
    {
      code: 1,
      meaning: "It could not start (port in use, no permission), or a second signal cut off requests in flight.",
    },
    wrongConfig,
  ],
  load: async () => (await import("./run.ts")).run,
};
