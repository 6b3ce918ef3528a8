using System.CommandLine;
using Spectre.Console;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool leases</c>: the leases that stand out.</summary>
internal static class LeasesCommand
{
    private const int CountDefault = 20;

    public static Command Create(CommandContext context)
    {
        var order = new Option<LeaseOrder>("--order") { Description = "Largest or oldest first.", DefaultValueFactory = _ => LeaseOrder.Largest };
        var count = new Option<int>("--count")
        {
            Description = $"How many at most, from 1 to {LeaseQuery.CountMax}.",
            DefaultValueFactory = _ => CountDefault,
        };
        var command = new Command(
            "leases", "List the largest or the oldest leases: who holds what, since when, from which trace.\n\nExample:\n  orleanspool leases --order oldest --count 5")
        {
            order, count,
        };
        context.Action(command, async (parsed, fabric, output, cancellationToken) =>
        {
            var query = new LeaseQuery(parsed.GetValue(order), parsed.GetValue(count));
            IReadOnlyList<LeaseInfo> leases = await fabric.ListLeasesAsync(query, cancellationToken);
            output.Result(
                new
                {
                    leases = leases.Select(lease => new
                    {
                        id = lease.Id,
                        pool = lease.Pool,
                        node = lease.NodeName,
                        bytes = lease.Bytes,
                        owner = lease.Owner,
                        ageSeconds = lease.Age.TotalSeconds,
                        expiresInSeconds = lease.ExpiresIn == TimeSpan.MaxValue ? (double?)null : lease.ExpiresIn.TotalSeconds,
                        region = lease.Region,
                        trace = lease.TraceId,
                    }),
                },
                console => Print(console, leases));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<LeaseInfo> leases)
    {
        Table table = new Table().AddColumns("lease", "owner", "bytes", "age", "runs out", "pool", "node", "trace");
        foreach (LeaseInfo lease in leases)
        {
            table.AddRow(
                Markup.Escape(lease.Id), Markup.Escape(lease.Region is { } region ? $"region {region}" : lease.Owner), ByteSize.Format(lease.Bytes),
                $"{lease.Age:c}", lease.ExpiresIn == TimeSpan.MaxValue ? "never" : $"in {lease.ExpiresIn.TotalSeconds:0.0} s",
                Markup.Escape(lease.Pool), Markup.Escape(lease.NodeName), lease.TraceId ?? "-");
        }

        console.Write(table);
    }
}
