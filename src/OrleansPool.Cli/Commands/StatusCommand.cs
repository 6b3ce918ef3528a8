using System.CommandLine;
using Spectre.Console;

namespace OrleansPool.Cli.Commands;

/// <summary><c>orleanspool status</c>: the nodes and what they hold.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("status", "Show the nodes and what they hold.\n\nExample:\n  orleanspool status --json");
        context.Action(command, async (_, fabric, output, cancellationToken) =>
        {
            FabricReport report = await fabric.DescribeAsync(cancellationToken);
            output.Result(
                new
                {
                    nodes = report.Nodes.Select(node => new
                    {
                        name = node.Name,
                        address = node.Node.ToString(),
                        capacityBytes = node.CapacityBytes,
                        freeBytes = node.FreeBytes,
                        leasedBytes = node.LeasedBytes,
                        reservedBytes = node.ReservedBytes,
                        cachedBytes = node.CacheBytes,
                        metadataBytes = node.MetadataBytes,
                        dataPort = node.DataPort is not { } port ? null : new
                        {
                            endpoint = port.Endpoint,
                            connections = port.ConnectionCount,
                            admitted = port.AdmittedCount,
                            refused = port.RefusedCount,
                        },
                        pools = node.Pools.Select(pool => new
                        {
                            name = pool.Name,
                            blockBytes = pool.BlockBytes,
                            blocks = pool.BlockCount,
                            freeBlocks = pool.FreeCount,
                            blocksMax = pool.BlockCountMax,
                            leases = pool.LeaseCount,
                            kept = pool.KeptCount,
                            waiting = pool.WaiterCount,
                            spilledBytes = pool.SpilledBytes,
                            quotaBytes = pool.QuotaBytes == 0 ? (long?)null : pool.QuotaBytes,
                            owners = pool.OwnerCount,
                            segments = pool.SegmentCount,
                            sparseSegments = pool.SparseSegmentCount,
                            counters = pool.Counters,
                        }),
                    }),
                    silent = report.Silent,
                },
                console => Print(console, report));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Print(IAnsiConsole console, FabricReport report)
    {
        Table nodes = new Table().AddColumns("node", "address", "data port", "capacity", "free", "leased", "reserved", "cached");
        foreach (NodeReport node in report.Nodes)
        {
            nodes.AddRow(
                Markup.Escape(node.Name), Markup.Escape(node.Node.ToString()), Markup.Escape(node.DataPort?.Endpoint ?? "none"), ByteSize.Format(node.CapacityBytes),
                ByteSize.Format(node.FreeBytes), ByteSize.Format(node.LeasedBytes), ByteSize.Format(node.ReservedBytes),
                ByteSize.Format(node.CacheBytes));
        }

        console.Write(nodes);
        Table pools = new Table().AddColumns("pool", "node", "block", "leases", "kept", "blocks leased", "blocks free", "quota", "spilled", "waiting", "full", "expired");
        foreach (NodeReport node in report.Nodes)
        {
            foreach (PoolReport pool in node.Pools)
            {
                pools.AddRow(
                    Markup.Escape(pool.Name), Markup.Escape(node.Name), ByteSize.Format(pool.BlockBytes), $"{pool.LeaseCount}",
                    $"{pool.KeptCount}", $"{pool.BlockCount - pool.FreeCount}", $"{pool.FreeCount}",
                    pool.QuotaBytes == 0 ? "none" : ByteSize.Format(pool.QuotaBytes), ByteSize.Format(pool.SpilledBytes), $"{pool.WaiterCount}",
                    $"{pool.Counters.Exhaustions}", $"{pool.Counters.Expiries}");
            }
        }

        console.Write(pools);
        foreach (string silent in report.Silent) console.WriteLine($"No answer from silo {silent}.");
    }
}
