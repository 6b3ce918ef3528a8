using OrleansPool.Textbook;

namespace OrleansPool.Server.Tests;

public sealed class TextbookTests
{
    [Fact]
    public async Task The_textbook_program_fills_its_pool_and_falls_back_to_the_other_silo()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(2, TextbookProgram.Configure);
        await cluster.UntilNodesKnowEachOtherAsync();
        var output = new StringWriter();

        await TextbookProgram.RunAsync(cluster.InSilo(0), cluster.InSilo(1), output);

        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string first = cluster.Cluster.Silos[0].SiloAddress.ToParsableString();
        string second = cluster.Cluster.Silos[1].SiloAddress.ToParsableString();
        Assert.Equal($"node 1: 128 bytes of pool 'nodes' on {first}, holding \"node 1\"", lines[0]);
        Assert.Equal($"node 2: 128 bytes of pool 'nodes' on {second}, holding \"node 2\"", lines[1]);
        Assert.StartsWith("the eleventh: Pool 'nodes' has 0 bytes free", lines[4], StringComparison.Ordinal);
        Assert.Contains($"on {second}", lines[5], StringComparison.Ordinal);
        Assert.All(await cluster.NodesAsync(), node => Assert.Equal(0, node.LeasedBytes));
    }
}
