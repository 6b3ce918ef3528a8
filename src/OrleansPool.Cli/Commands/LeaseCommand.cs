using System.CommandLine;
using OrleansPool.Cli.Output;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool lease</c>: takes, shows, renews and frees leases.</summary>
internal static class LeaseCommand
{
    public static Command Create(CommandContext context) => new(
        "lease", "Take, show, renew or free a lease.\n\nExamples:\n  orleanspool lease take 64KiB --duration 5m\n  orleanspool lease show TOKEN")
    {
        Take(context),
        OnToken(context, "show", "Show where a lease is.", async (fabric, token, cancellationToken) => await fabric.OpenAsync(token, cancellationToken)),
        OnToken(context, "renew", "Restart a lease's duration.", async (fabric, token, cancellationToken) =>
        {
            MemoryLease lease = await fabric.OpenAsync(token, cancellationToken);
            await lease.RenewAsync(cancellationToken);
            return lease;
        }),
        OnToken(context, "free", "Free a lease.", async (fabric, token, cancellationToken) => await fabric.AdoptAsync(token, cancellationToken)),
    };

    private static Command Take(CommandContext context)
    {
        Argument<long> bytes = Values.Argument("BYTES", "How much, such as 4096 or 64KiB.", Values.Bytes);
        var pool = new Option<string>("--pool") { Description = "Pool that the memory comes from.", DefaultValueFactory = _ => PoolNames.Default };
        Option<TimeSpan> duration = Values.Option(
            "--duration", "How long it lives without renewal.", "30s",
            text => Values.Duration(text, LeaseOptions.DurationMin, LeaseOptions.DurationMax));
        var owner = new Option<string>("--owner") { Description = "Label for reports.", DefaultValueFactory = _ => "orleanspool" };
        var command = new Command("take", "Take a lease and print its token; it lives for its duration.\n\nExample:\n  orleanspool lease take 64KiB --duration 5m") { bytes, pool, duration, owner };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            var options = new LeaseOptions { Duration = parsed.GetValue(duration), Owner = parsed.GetValue(owner)! };
            await using MemoryLease lease = await fabric.LeaseAsync(
                parsed.GetValue(pool)!, parsed.GetValue(bytes), options, cancellationToken);
            lease.Detach();
            Print(output, lease);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command OnToken(
        CommandContext context, string name, string description, Func<IMemoryFabric, LeaseToken, CancellationToken, Task<MemoryLease>> open)
    {
        Argument<LeaseToken> token = Values.Argument("TOKEN", "The token that 'lease take' printed.", text => LeaseToken.Parse(text));
        var command = new Command(name, $"{description}\n\nExample:\n  orleanspool lease {name} TOKEN") { token };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            await using MemoryLease lease = await open(fabric, parsed.GetValue(token)!, cancellationToken);
            Print(output, lease);
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(CommandOutput output, MemoryLease lease) => output.Result(
        new
        {
            token = lease.Token.ToString(),
            bytes = lease.Length,
            pool = lease.Pool,
            blockBytes = lease.BlockBytes,
            nodes = lease.Nodes.Select(node => node.ToString()),
        },
        _ =>
        {
            output.Say($"{lease.Length} bytes of pool {lease.Pool}, blocks of {lease.BlockBytes}, on {string.Join(", ", lease.Nodes)}");
            output.Say(lease.Token.ToString());
        });
}
