using OrleansPool.Cli.Bench.Keys;

namespace OrleansPool.Benchmarks.Mixes;

/// <summary>Which operations a load is made of, and how its keys are drawn. What is left over the shares are reads.</summary>
internal sealed record OperationMix
{
    /// <summary>The core workloads of YCSB that need no scans.</summary>
    public static IReadOnlyList<OperationMix> Ycsb { get; } =
    [
        new() { Name = "YCSB A", Says = "half reads, half updates", UpdateShare = 0.5 },
        new() { Name = "YCSB B", Says = "95 % reads, 5 % updates", UpdateShare = 0.05 },
        new() { Name = "YCSB C", Says = "reads only" },
        new() { Name = "YCSB D", Says = "95 % reads of the latest, 5 % inserts", InsertShare = 0.05, Keys = MixKeys.Latest },
        new() { Name = "YCSB F", Says = "half reads, half reads that are written back", ReadModifyWriteShare = 0.5 },
    ];

    /// <summary>What memtier_benchmark does when it is told nothing.</summary>
    public static OperationMix Memtier { get; } = new()
    {
        Name = "memtier's default mix",
        Says = "1 set to 10 gets of 32 bytes",
        UpdateShare = 1.0 / 11,
        Keys = MixKeys.Uniform,
        ValueBytes = 32,
    };

    public required string Name { get; init; }

    /// <summary>What it is made of.</summary>
    public required string Says { get; init; }

    public double UpdateShare { get; init; }

    public double InsertShare { get; init; }

    public double ReadModifyWriteShare { get; init; }

    public MixKeys Keys { get; init; } = MixKeys.Zipfian;

    /// <summary>1 KB by default, ten fields of 100 bytes in the records of YCSB, rounded up to a block.</summary>
    public int ValueBytes { get; init; } = 1 << 10;

    public IKeyChooser MakeKeys(long count, int roomCount) => Keys switch
    {
        MixKeys.Latest => new LatestKeys(count, roomCount),
        MixKeys.Zipfian => new ScrambledZipfianKeys(count),
        _ => new UniformKeys(count),
    };

    public MixStep Draw(Random random)
    {
        double u = random.NextDouble();
        if ((u -= UpdateShare) < 0) return MixStep.Update;
        if ((u -= InsertShare) < 0) return MixStep.Insert;
        return u < ReadModifyWriteShare ? MixStep.ReadModifyWrite : MixStep.Read;
    }
}
