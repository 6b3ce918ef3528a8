using OrleansPool.Cli.Bench.Keys;

namespace OrleansPool.Cli.Tests.Bench.Keys;

public sealed class LatestKeysTests
{
    private const int DrawCount = 10_000;

    [Fact]
    public void The_newest_is_the_most_popular()
    {
        var keys = new LatestKeys(1_000, 10);
        int[] drawn = Draw(keys);
        Assert.Equal(999, Array.IndexOf(drawn, drawn.Max()));

        keys.Added(keys.Begin()!.Value);
        drawn = Draw(keys);
        Assert.Equal(1_000, Array.IndexOf(drawn, drawn.Max()));
    }

    [Fact]
    public void A_key_is_chosen_only_when_all_before_it_are_there()
    {
        var keys = new LatestKeys(100, 10);
        long first = keys.Begin()!.Value;
        long second = keys.Begin()!.Value;
        Assert.Equal((100, 101), (first, second));

        keys.Added(second);
        Assert.Equal(0, Draw(keys)[100..].Sum());
        keys.Added(first);
        Assert.True(Draw(keys)[101] > 0);
    }

    [Fact]
    public void There_is_room_for_so_many_and_no_more()
    {
        var keys = new LatestKeys(5, 3);
        Assert.Equal([5L, 6L, 7L, null, null], Enumerable.Range(0, 5).Select(_ => keys.Begin()));
        foreach (long key in new long[] { 7, 5, 6 }) keys.Added(key);
        Assert.True(Draw(keys)[7] > 0);
    }

    private static int[] Draw(LatestKeys keys)
    {
        var random = new Random(1);
        int[] drawn = new int[2_000];
        for (int i = 0; i < DrawCount; i++) drawn[keys.Next(random)]++;
        return drawn;
    }
}
