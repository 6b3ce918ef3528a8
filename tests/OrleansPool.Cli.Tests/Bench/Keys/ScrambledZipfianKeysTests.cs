using OrleansPool.Cli.Bench.Keys;

namespace OrleansPool.Cli.Tests.Bench.Keys;

public sealed class ScrambledZipfianKeysTests
{
    private const int KeyCount = 1_000;
    private const int DrawCount = 500_000;

    [Fact]
    public void Some_keys_are_hot_and_they_are_no_neighbours()
    {
        var keys = new ScrambledZipfianKeys(KeyCount);
        var random = new Random(1);
        int[] drawn = new int[KeyCount];
        for (int i = 0; i < DrawCount; i++) drawn[keys.Next(random)]++;

        int[] hottest = [.. Enumerable.Range(0, KeyCount).OrderByDescending(key => drawn[key]).Take(10)];
        Assert.InRange(hottest.Sum(key => drawn[key]) / (double)DrawCount, 0.35, 0.55);
        Assert.InRange(hottest.Max() - hottest.Min(), KeyCount / 2, KeyCount);
        Assert.InRange(drawn.Count(times => times > 0), KeyCount / 2, KeyCount);
    }

    [Fact]
    public void The_same_randomness_draws_the_same_keys()
    {
        var keys = new ScrambledZipfianKeys(KeyCount);
        Random one = new(7), other = new(7);
        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(keys.Next(one), keys.Next(other)));
    }
}
