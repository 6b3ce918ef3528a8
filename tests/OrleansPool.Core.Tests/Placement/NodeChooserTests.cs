using CsCheck;
using OrleansPool.Core.Placement;

namespace OrleansPool.Core.Tests.Placement;

public sealed class NodeChooserTests
{
    [Fact]
    public void Every_node_is_in_the_order_once_the_chosen_one_first_and_the_others_by_their_free_memory() =>
        Gen.Select(Gen.Select(Gen.Long[1, 100], Gen.Long[0, 100]).Array[1, 400], Gen.Int[-1, 400], Gen.Long[0, 60], Gen.ULong).Sample(
            (nodes, localDrawn, bytes, random) =>
            {
                NodeLoad[] loads = [.. nodes.Select(node => new NodeLoad(default, node.Item1, Math.Min(node.Item1, node.Item2), 0, 0))];
                int local = localDrawn < loads.Length ? localDrawn : -1;
                int[] order = new int[loads.Length];

                Assert.Equal(loads.Length, NodeChooser.Order(loads, local, bytes, random, order));
                int first = NodeChooser.First(loads, local, bytes, random);
                Assert.Equal(Enumerable.Range(0, loads.Length), order.Order());
                if (first >= 0) Assert.Equal(first, order[0]);
                else Assert.All(loads, load => Assert.True(load.FreeBytes < bytes || load.FreeBytes == 0));
                long[] free = [.. order.Skip(first >= 0 ? 1 : 0).Select(node => loads[node].FreeBytes)];
                Assert.Equal(free.OrderDescending(), free);
            },
            iter: 2_000, threads: 1);

    [Fact]
    public void The_local_node_is_first_while_it_is_below_its_watermark()
    {
        NodeLoad[] loads = [new(default, 100, 100, 0, 0), new(default, 100, 16, 0, 0), new(default, 100, 14, 0, 0)];

        Assert.Equal(1, NodeChooser.First(loads, local: 1, bytes: 1, random: 5));
        Assert.Equal(0, NodeChooser.First([loads[0], loads[2]], local: 1, bytes: 20, random: 5));
        Assert.Contains(Enumerable.Range(0, 100), random => NodeChooser.First(loads, local: 2, bytes: 1, (ulong)random) != 2);
    }
}
