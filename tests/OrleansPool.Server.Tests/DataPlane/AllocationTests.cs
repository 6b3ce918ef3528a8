using OrleansPool.Server.Tests.Telemetry;

namespace OrleansPool.Server.Tests.DataPlane;

/// <summary>What a steady flow of operations by the data port costs the garbage collector, on both sides together: they share this process.</summary>
[Collection(AloneInProcess.Name)]
public sealed class AllocationTests
{
    private const int Block = 4096;
    private const int Operations = 20_000;

    /// <summary>What silos and client allocate meanwhile for themselves is some bytes an operation; one object for each would be more than this.</summary>
    private const double BytesMax = 20;

    /// <summary>Rounds of which the best counts: what others in the process do comes and goes, what an operation allocates does not.</summary>
    private const int RoundsMax = 5;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reads_and_writes_of_one_block_allocate_nothing(bool isRead)
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1);
        await using MemoryRegion region = await cluster.Client.OpenRegionAsync("orders", 16 * Block);
        byte[] buffer = new byte[Block];
        await region.WriteAsync(0, buffer);
        await RunAsync(region, buffer, isRead, Operations / 4);

        double best = double.MaxValue;
        for (int round = 0; round < RoundsMax && best > BytesMax; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await RunAsync(region, buffer, isRead, Operations);
            best = Math.Min(best, (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / Operations);
        }

        Assert.InRange(best, 0, BytesMax);
    }

    private static async Task RunAsync(MemoryRegion region, byte[] buffer, bool isRead, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (isRead) await region.ReadAsync(i % 16 * Block, buffer);
            else await region.WriteAsync(i % 16 * Block, buffer);
        }
    }
}
