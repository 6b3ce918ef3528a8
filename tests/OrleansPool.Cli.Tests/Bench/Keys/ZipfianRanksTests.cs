using OrleansPool.Cli.Bench.Keys;

namespace OrleansPool.Cli.Tests.Bench.Keys;

public sealed class ZipfianRanksTests
{
    private const int DrawCount = 2_000_000;

    [Theory]
    [InlineData(2)]
    [InlineData(1_000)]
    public void Ranks_are_drawn_as_often_as_the_law_says(int count)
    {
        int[] drawn = Draw(new ZipfianRanks(count));
        double sum = Enumerable.Range(1, count).Sum(rank => Math.Pow(rank, -ZipfianRanks.ThetaDefault));

        // The first two are exact; the others come from the method's continuous approximation, which is a little off near the head.
        Assert.Equal(1 / sum, Share(drawn, 0, 1), 0.002);
        Assert.Equal(Math.Pow(2, -ZipfianRanks.ThetaDefault) / sum, Share(drawn, 1, 2), 0.002);
        foreach ((int from, int to) in new[] { (0, 10), (0, 100), (100, 500), (500, 1_000) })
        {
            if (to > count) continue;
            double expected = Enumerable.Range(from + 1, to - from).Sum(rank => Math.Pow(rank, -ZipfianRanks.ThetaDefault)) / sum;
            Assert.Equal(expected, Share(drawn, from, to), 0.03);
        }
    }

    [Fact]
    public void One_rank_is_always_the_same() => Assert.Equal(0, new ZipfianRanks(1).Draw(new Random(1)));

    [Fact]
    public void Ranks_that_came_later_are_drawn_as_if_they_had_been_there()
    {
        var grown = new ZipfianRanks(10);
        grown.Grow(500);
        grown.Grow(400);
        grown.Grow(1_000);
        Assert.Equal(1_000, grown.Count);

        int[] made = Draw(new ZipfianRanks(1_000));
        int[] drawn = Draw(grown);
        Assert.Equal(Share(made, 0, 1), Share(drawn, 0, 1), 0.002);
        Assert.Equal(Share(made, 500, 1_000), Share(drawn, 500, 1_000), 0.002);
    }

    [Fact]
    public void Limits_are_kept()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZipfianRanks(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZipfianRanks(10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ZipfianRanks(10, 0));
    }

    private static int[] Draw(ZipfianRanks ranks)
    {
        var random = new Random(1);
        int[] drawn = new int[ranks.Count];
        for (int i = 0; i < DrawCount; i++) drawn[ranks.Draw(random)]++;
        return drawn;
    }

    private static double Share(int[] drawn, int from, int to) => drawn[from..to].Sum() / (double)DrawCount;
}
