using System.Globalization;
using System.Text.Json;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;

namespace OrleansPool.Core.Tests.Caching;

/// <summary>The block cache beside textbook policies, on a real trace and on made-up ones. Pages are small here: only hits matter.</summary>
public sealed class EvictionTests(ITestOutputHelper output)
{
    private const string Trace = "mooncake_conversation.jsonl";
    private const int PageBytes = 64;

    [Fact]
    public void An_hour_of_conversations_hits_more_often_than_first_in_first_out_and_hardly_less_than_lru()
    {
        long[] keys = ReadTrace();
        output.WriteLine("| blocks | block cache | LRU | FIFO |");
        output.WriteLine("|---|---|---|---|");
        for (int capacity = 1_024; capacity <= 131_072; capacity *= 2)
        {
            double ours = Rate(HitsOfBlockCache(keys, capacity));
            double lru = Rate(TextbookCaches.HitsOfLru(keys, capacity));
            double fifo = Rate(TextbookCaches.HitsOfFifo(keys, capacity));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {capacity:N0} | {ours:P1} | {lru:P1} | {fifo:P1} |"));
            Assert.True(ours >= fifo, $"{capacity} blocks: {ours} is below first in, first out: {fifo}.");
            Assert.True(ours >= lru - 0.005, $"{capacity} blocks: {ours} is below least recently used: {lru}.");
        }

        double Rate(int hits) => (double)hits / keys.Length;
    }

    [Theory]
    [InlineData(1_024)]
    [InlineData(4_096)]
    public void What_is_read_once_does_not_drive_out_what_is_read_often(int capacity)
    {
        // Three reads by Zipf's law over 50,000 blocks, then one of a block that is never read again.
        const int Count = 200_000;
        double[] sums = new double[50_000];
        for (int i = 0; i < sums.Length; i++) sums[i] = (i == 0 ? 0 : sums[i - 1]) + Math.Pow(i + 1, -0.9);
        var random = new Random(7);
        long[] keys = new long[Count];
        for (int i = 0; i < Count; i++)
        {
            int found = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
            keys[i] = i % 4 == 3 ? 1_000_000 + i : found < 0 ? ~found : found;
        }

        double ours = (double)HitsOfBlockCache(keys, capacity) / Count;
        double lru = (double)TextbookCaches.HitsOfLru(keys, capacity) / Count;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{capacity:N0} blocks: {ours:P1}, LRU {lru:P1}"));
        Assert.True(ours >= lru + 0.05, $"{ours}, least recently used: {lru}");
    }

    private static int HitsOfBlockCache(long[] keys, int capacity)
    {
        using Arena arena = Arena.Map(new ArenaOptions { CapacityBytes = Math.Max(1L << 20, (long)capacity * PageBytes * 2), PrefaultThreads = 1 });
        Assert.True(arena.TryCarve((long)capacity * PageBytes, "cache", out ArenaSlice? slice));
        var cache = new BlockCache(slice, new BlockCacheOptions { CapacityBytes = (long)capacity * PageBytes }, PageBytes);
        byte[] block = new byte[PageBytes];
        byte[] read = new byte[PageBytes];
        int hits = 0;
        foreach (long id in keys)
        {
            var key = new BlockKey(default, new SegmentId((ulong)id >> 12), (int)(id & 4095), 1);
            if (cache.TryGet(key, read, 0, out _)) hits++;
            else cache.Put(key, 1, block);
        }

        cache.CheckIntegrity();
        return hits;
    }

    private static long[] ReadTrace()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "OrleansPool.sln"))) root = root.Parent;
        string trace = Path.GetFullPath(Path.Combine(root?.FullName ?? ".", "..", "shared", "data", "traces", Trace));
        if (!File.Exists(trace)) Assert.Skip($"The trace is not on this machine: {trace} is missing.");
        return
        [
            .. File.ReadLines(trace).SelectMany(
                line => JsonDocument.Parse(line).RootElement.GetProperty("hash_ids").EnumerateArray().Select(id => id.GetInt64())),
        ];
    }
}
