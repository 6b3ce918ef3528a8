using OrleansPool.Core.Segments;
using OrleansPool.Grains;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Tests.Nodes;

/// <summary>The spill file serves only who allows it and only when memory is full, and what is in it moves into memory.</summary>
public sealed class SpillTests
{
    private const int BlockBytes = 64 << 10;

    [Fact]
    public async Task It_serves_when_memory_is_full_and_only_who_allows_it()
    {
        using NodePoolsFixture node = New();
        LeaseOutcome early = await node.TakeAsync(BlockBytes, spill: LeaseSpill.BeforeWait);
        Assert.Equal(0, node.Report.SpilledBytes);
        LeaseOutcome rest = await FillAsync(node);

        Assert.Equal(OperationStatus.Exhausted, (await node.AskAsync(BlockBytes)).Status);
        LeaseOutcome spilled = await node.TakeAsync(20 * BlockBytes, "me", LeaseSpill.AfterWait);

        Assert.True(spilled.Leases.Count > 1);
        Assert.Equal(20L * BlockBytes, node.Report.SpilledBytes);
        var more = new List<LeaseOutcome>();
        while (await node.AskAsync(1 << 20, spill: LeaseSpill.BeforeWait) is { Status: OperationStatus.Ok } one) more.Add(one);
        Assert.InRange(more.Count, 1, 7);
        foreach (LeaseOutcome one in more.Concat([spilled, early, rest])) await NodePoolsFixture.FreeAsync(one);
        Assert.Equal((0L, 0L, 0), (node.Report.SpilledBytes, node.Report.LeasedBytes, node.Report.OwnerCount));
    }

    [Fact]
    public async Task What_is_in_it_moves_into_memory_under_the_same_right_while_it_is_read_and_written()
    {
        using NodePoolsFixture node = New();
        LeaseOutcome memory = await FillAsync(node);
        (NodeSegment segment, LeaseView lease) = (await node.TakeAsync(BlockBytes, spill: LeaseSpill.BeforeWait)).Leases[0];
        bool isMoved = false;
        long reads = 0;
        Task writer = Task.Run(async () =>
        {
            for (int i = 0; i < 200 || !Volatile.Read(ref isMoved); i++)
            {
                byte[] bytes = new byte[BlockBytes];
                Array.Fill(bytes, (byte)(i % 100));
                Assert.Equal(OperationStatus.Ok, (await segment.ExecuteAsync(Operation.Write(lease.Key, lease.Key.Head, 0, bytes))).Status);
            }
        });
        Task reader = Task.Run(() =>
        {
            byte[] bytes = new byte[BlockBytes];
            while (!writer.IsCompleted)
            {
                if (!segment.TryRead(lease.Key.Head, lease.Key.Generation, 0, bytes)) continue;
                Assert.Equal(-1, bytes.AsSpan().IndexOfAnyExcept(bytes[0]));
                Volatile.Write(ref reads, reads + 1);
            }
        });
        try
        {
            await NodePoolsFixture.UntilAsync(() => segment.Segment.Counters.Writes > 50 && Volatile.Read(ref reads) > 0, "reads and writes go on");
            Assert.Equal(BlockBytes, node.Report.SpilledBytes);

            await NodePoolsFixture.FreeAsync(memory);
            await NodePoolsFixture.UntilAsync(
                () =>
                {
                    node.Pools.OnFreed();
                    return node.Report.SpilledBytes == 0;
                },
                "the segment moves into memory");
            long readsBefore = Volatile.Read(ref reads);
            await NodePoolsFixture.UntilAsync(() => Volatile.Read(ref reads) > readsBefore, "reads go on in memory");
        }
        finally
        {
            Volatile.Write(ref isMoved, true);
        }

        await Task.WhenAll(writer, reader);
        Assert.Equal(BlockBytes, node.Report.LeasedBytes);
        byte[] last = new byte[BlockBytes];
        Assert.True(segment.TryRead(lease.Key.Head, lease.Key.Generation, 0, last));
        Assert.Equal((segment.Segment.Counters.Writes - 1) % 100, last[^1]);
        Assert.Equal(OperationStatus.Ok, (await segment.ExecuteAsync(Operation.OnLease(OperationKind.Free, lease.Key))).Status);
        Assert.Equal((0L, 0), (node.Report.LeasedBytes, node.Report.OwnerCount));
    }

    [Fact]
    public async Task Who_waits_for_memory_comes_before_what_is_in_the_file()
    {
        using NodePoolsFixture node = New();
        LeaseOutcome memory = await FillAsync(node);
        LeaseOutcome spilled = await node.TakeAsync(BlockBytes, spill: LeaseSpill.BeforeWait);
        Task<LeaseOutcome> waiter = node.AskAsync(node.Report.BlockCountMax * BlockBytes, TimeSpan.FromSeconds(5));

        await NodePoolsFixture.FreeAsync(memory);

        Assert.Equal(OperationStatus.Ok, (await waiter).Status);
        Assert.Equal(BlockBytes, node.Report.SpilledBytes);
        await NodePoolsFixture.FreeAsync(await waiter);
        await NodePoolsFixture.UntilAsync(() => node.Report.SpilledBytes == 0, "it moves when nobody waits any more");
        await NodePoolsFixture.FreeAsync(spilled);
    }

    private static NodePoolsFixture New() =>
        new(pool => pool.BlockSize("64KiB"), capacityBytes: 6 << 20, spillBytes: 8 << 20);

    /// <summary>Leases all of the memory.</summary>
    private static async Task<LeaseOutcome> FillAsync(NodePoolsFixture node)
    {
        List<(NodeSegment, LeaseView)> leases = [];
        for (long bytes = node.Report.BlockCountMax * BlockBytes; bytes >= BlockBytes; bytes -= BlockBytes)
        {
            LeaseOutcome outcome = await node.AskAsync(bytes);
            if (outcome.Status != OperationStatus.Ok) continue;
            leases.AddRange(outcome.Leases);
            bytes += BlockBytes;
        }

        Assert.NotEmpty(leases);
        return new LeaseOutcome(OperationStatus.Ok) { Leases = leases };
    }
}
