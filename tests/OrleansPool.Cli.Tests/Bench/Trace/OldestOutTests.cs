using OrleansPool.Benchmarks.Trace;

namespace OrleansPool.Cli.Tests.Bench.Trace;

public sealed class OldestOutTests
{
    [Fact]
    public void What_came_first_leaves_first()
    {
        var places = new OldestOut(3);
        Check(Place(places, 1, 2, 3), [], [new(1, 0), new(2, 1), new(3, 2)]);
        Check(Place(places, 1, 4), [new(1, 0)], [new(4, 0)]);
        Check(Place(places, 2, 1), [new(2, 1)], [new(1, 1)]);
        Check(Place(places, 4, 1, 3), [new(4, 0), new(1, 1), new(3, 2)], []);
    }

    [Fact]
    public void A_block_that_a_request_names_twice_is_written_once_and_not_read()
    {
        var places = new OldestOut(2);
        Check(Place(places, 1, 1), [], [new(1, 0)]);
    }

    [Fact]
    public void A_request_must_find_room() => Assert.Throws<ArgumentException>(() => new OldestOut(1).Place([1, 2]));

    private static void Check((TraceBlock[] Hits, TraceBlock[] Misses) placed, TraceBlock[] hits, TraceBlock[] misses)
    {
        Assert.Equal(hits, placed.Hits);
        Assert.Equal(misses, placed.Misses);
    }

    private static (TraceBlock[] Hits, TraceBlock[] Misses) Place(OldestOut places, params long[] request)
    {
        (List<TraceBlock> hits, List<TraceBlock> misses) = places.Place(request);
        return ([.. hits], [.. misses]);
    }
}
