using VectorCluster.Tests.Owner;

// Plays one owner of a shard. Commands come line by line, each is answered by one line; the end of the commands ends
// the process, so that it does not outlive the test.
//   open     takes the shard; drops the one that is open, whatever became of it   opened EPOCH
//   work N   N random operations                       worked ok=N unknown=N rejected=N reads=N
//   close    closes it cleanly                         closed
//   exit     ends, without closing                     bye
// A command that fails is answered by "failed TYPE: MESSAGE".
await using var session = new OwnerSession(OwnerArguments.Parse(args));
while (await Console.In.ReadLineAsync() is { } command)
{
    await Console.Out.WriteLineAsync(await session.RunAsync(command));
    if (command == "exit") break;
}
