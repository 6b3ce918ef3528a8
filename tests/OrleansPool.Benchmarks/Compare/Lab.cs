using OrleansPool.Benchmarks.Processes;
using OrleansPool.Benchmarks.Subjects;
using OrleansPool.Benchmarks.Yardsticks;
using OrleansPool.Cli.Bench.Load;

namespace OrleansPool.Benchmarks.Compare;

/// <summary>All servers of a run, each started when it is first asked for, and the memory and keys that are filled in them.</summary>
internal sealed class Lab(Effort effort) : IDisposable
{
    private readonly Stack<IDisposable> _started = new();
    private readonly Dictionary<string, object> _kept = [];
    private readonly SystemLoadClock _clock = new();

    public Effort Effort => effort;

    public LoadClock Clock => _clock;

    public PoolServer Pool => Keep("pool", () => new PoolServer(effort.Capacity));

    /// <exception cref="MissingProgramException">It is not installed.</exception>
    public RedisStore Redis => Keep("redis", () => new RedisStore(new RedisServer()));

    public RedisStore Garnet => Keep("garnet", () => new RedisStore(new GarnetServer()));

    public GrainServer Grains => Keep("grains", () => new GrainServer());

    public LoopbackServer Loopback => Keep("loopback", () => new LoopbackServer());

    /// <summary>Makes something once, and ends it with the lab.</summary>
    public T Keep<T>(string name, Func<T> make)
        where T : class
    {
        if (_kept.TryGetValue(name, out object? kept)) return (T)kept;
        T made = make();
        _kept.Add(name, made);
        if (made is IDisposable started) _started.Push(started);
        return made;
    }

    public async Task<T> KeepAsync<T>(string name, Func<Task<T>> make)
        where T : class
    {
        if (_kept.TryGetValue(name, out object? kept)) return (T)kept;
        T made = await make();
        _kept.Add(name, made);
        return made;
    }

    /// <summary>A region with a value under each key.</summary>
    /// <param name="name">Name of the region.</param>
    /// <param name="pool">Pool that it comes from.</param>
    /// <param name="count">How many values.</param>
    /// <param name="valueBytes">Bytes of each.</param>
    /// <param name="roomCount">How many more may be added.</param>
    public Task<MemoryRegion> RegionAsync(
        string name, string pool, long count, int valueBytes, long roomCount = 0) => KeepAsync($"region {name}", async () =>
    {
        MemoryRegion region = await Pool.Fabric.OpenRegionAsync(name, (count + roomCount) * valueBytes, new RegionOptions { Pool = pool });
        const int WritesAtOnce = 64;
        for (long from = 0; from < count; from += WritesAtOnce)
        {
            var items = new WriteItem[Math.Min(WritesAtOnce, count - from)];
            for (int i = 0; i < items.Length; i++) items[i] = new WriteItem(region, (from + i) * valueBytes, KeyedBytes.Make(valueBytes, from + i));
            foreach (BatchOutcome outcome in await Pool.Fabric.WriteManyAsync(items)) outcome.ThrowIfFailed();
        }

        return region;
    });

    public static ILoadWorker[] Workers(int count, Func<int, ILoadWorker> make) => [.. Enumerable.Range(1, count).Select(make)];

    /// <summary>Workers in a closed loop.</summary>
    public LoadContender Contender(IReadOnlyList<ILoadWorker> workers, int operationBytes, params int[] serverIds) =>
        new(_clock, workers, new ProcessorTime(serverIds), operationBytes);

    /// <summary>Workers in an open loop.</summary>
    public LoadContender Contender(IReadOnlyList<ILoadWorker> workers, int operationBytes, double arrivalsPerSecond, params int[] serverIds) =>
        new(_clock, workers, new ProcessorTime(serverIds), operationBytes, arrivalsPerSecond);

    public void Dispose()
    {
        while (_started.TryPop(out IDisposable? started)) started.Dispose();
        _clock.Dispose();
    }
}
