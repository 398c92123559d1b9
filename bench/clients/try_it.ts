/* A user, a thread, a message and a context by the generated client, and an error that is told apart by its code. */
import { appendMessages, createThread, createUser, getContext, getJob, listUsers } from "./generated/ts";
import { client } from "./generated/ts/client.gen";

client.setConfig({ baseUrl: process.env["MEMOS_BASE"] ?? "", auth: process.env["MEMOS_KEY"] ?? "" });

const externalId = "typescript";
const throwOnError = true;

async function done(jobId: string): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    const { data: job } = await getJob({ path: { jobId }, throwOnError });
    if (job.status === "failed") throw new Error(job.error?.detail);
    if (job.status === "done") return;
    await new Promise((wake) => setTimeout(wake, 250));
  }
}

async function main(): Promise<void> {
  const body = { externalId, firstName: "Alice", metadata: { plan: "pro" } };
  const { data: user } = await createUser({ body, throwOnError });
  const { error } = await createUser({ body });
  if (error?.code !== "USER_EXISTS" || error.id !== user.id) throw new Error("a second one was made");

  const { data: thread } = await createThread({ path: { userId: user.id }, body: { name: "Onboarding chat" }, throwOnError });
  const { data: said } = await appendMessages({
    path: { threadId: thread.id },
    headers: { "Idempotency-Key": crypto.randomUUID() },
    body: { messages: [{ role: "user", content: "I work at Acme as a designer.", createdAt: "2026-05-17T12:00:00Z" }] },
    throwOnError,
  });
  for (const { jobId } of said.ingested) await done(jobId);

  const query = { query: "What does she do?", maxTokens: 200 };
  const { data: context } = await getContext({ path: { userId: user.id }, query, throwOnError });
  if (typeof context === "string" || !context.context.includes("Acme")) throw new Error("she is not remembered");
  const { data: page } = await listUsers({ query: { externalId }, throwOnError });
  console.log(`TypeScript: ${page.users[0]?.stats.memories} memories, ${context.tokens} tokens\n${context.context}`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
