using OrleansPool.Simulation.Load;
using OrleansPool.Simulation.Scenarios;
using Xunit;

namespace OrleansPool.Simulation.Stories;

/// <summary>Blocks that are written again and again while somebody reads them through a cache.</summary>
internal static class HotBlockStories
{
    /// <summary>More blocks than a node remembers as hot.</summary>
    private static readonly StoryShape ManyBlocks = new() { BlockCount = 1100, CachedBlocks = 40, Times = 1 };

    [Told]
    public static void Of_more_hot_blocks_than_are_remembered_every_read_is_of_the_newest_bytes_all_the_same() => Story.Tell(ManyBlocks, story =>
    {
        story.MakeSegment(story.A, story.B);
        SimLease lease = story.Lease(story.World.Geometry.BlockCount);
        var sharer = new Sharer(story, story.C);
        for (int block = 0; block < lease.Blocks.Length; block++)
        {
            story.Write(lease, block, block);
            sharer.Fetch(lease, block);
            story.Write(lease, -block, block);
            Assert.False(sharer.Shows(lease, block));
        }

        foreach (int block in new[] { 0, 500, lease.Blocks.Length - 1 }) Assert.Equal(-block, sharer.Read(lease, block));
        story.Forget(lease);
    });
}
