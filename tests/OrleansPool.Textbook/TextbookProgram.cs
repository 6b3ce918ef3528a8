using OrleansPool.Server.Hosting;

namespace OrleansPool.Textbook;

/// <summary>The memory pool of the textbooks, distributed: ten blocks of 128 bytes on each of two silos.</summary>
public static class TextbookProgram
{
    public const int BlockCount = 10;

    /// <summary>How each silo's share of the fabric is set up.</summary>
    public static void Configure(OrleansPoolBuilder pool) => pool
        .Capacity("16MiB")
        .Pool(DistributedNode.Pool, nodes => nodes.BlockSize("128B").MaxBlocksPerNode(BlockCount));

    /// <summary>Runs the program on the fabric as two silos see it.</summary>
    public static async Task RunAsync(IMemoryFabric first, IMemoryFabric second, TextWriter output)
    {
        DistributedNode one = await DistributedNode.CreateAsync(first, "node 1", LeaseFallback.LocalNodeOnly);
        DistributedNode two = await DistributedNode.CreateAsync(second, "node 2", LeaseFallback.LocalNodeOnly);
        await output.WriteLineAsync(await one.DescribeAsync());
        await output.WriteLineAsync(await two.DescribeAsync());

        await one.DisposeAsync();
        await output.WriteLineAsync("node 1 is disposed: its block is back in the pool");

        List<DistributedNode> nodes = [];
        for (int i = 1; i <= BlockCount; i++) nodes.Add(await DistributedNode.CreateAsync(first, $"node 1.{i}", LeaseFallback.LocalNodeOnly));
        await output.WriteLineAsync($"{nodes.Count} nodes fill the pool of the first silo");
        try
        {
            await DistributedNode.CreateAsync(first, "the eleventh", LeaseFallback.LocalNodeOnly);
            await output.WriteLineAsync("the eleventh found room, which should not be");
        }
        catch (PoolExhaustedException e)
        {
            await output.WriteLineAsync($"the eleventh: {e.Message}");
        }

        DistributedNode elsewhere = await DistributedNode.CreateAsync(first, "the eleventh", LeaseFallback.OtherNodes);
        await output.WriteLineAsync($"with other nodes allowed, {await elsewhere.DescribeAsync()}");

        foreach (DistributedNode node in nodes) await node.DisposeAsync();
        await elsewhere.DisposeAsync();
        await two.DisposeAsync();
        await output.WriteLineAsync("everything is given back");
    }
}
