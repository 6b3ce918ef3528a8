namespace OrleansPool.Benchmarks.Compare;

/// <summary>How much is measured, and of how much.</summary>
internal sealed record Effort
{
    /// <summary>For figures.</summary>
    public static Effort Full { get; } = new()
    {
        PairCount = 5,
        Run = TimeSpan.FromSeconds(1),
        WarmUp = TimeSpan.FromSeconds(2),
        BlockCount = 16 << 10,
        RecordCount = 100_000,
        InsertRoomCount = 300_000,
        TraceBlockCount = 64 << 10,
        Capacity = "3GiB",
    };

    /// <summary>To show that everything runs.</summary>
    public static Effort Quick { get; } = new()
    {
        PairCount = 2,
        Run = TimeSpan.FromMilliseconds(60),
        WarmUp = TimeSpan.FromMilliseconds(60),
        BlockCount = 1 << 10,
        RecordCount = 2_000,
        InsertRoomCount = 20_000,
        TraceBlockCount = 4 << 10,
        Capacity = "512MiB",
    };

    public required int PairCount { get; init; }

    /// <summary>One run of one contender.</summary>
    public required TimeSpan Run { get; init; }

    public required TimeSpan WarmUp { get; init; }

    /// <summary>How many blocks of 4 KiB, and as many keys beside them.</summary>
    public required int BlockCount { get; init; }

    /// <summary>How many records of YCSB.</summary>
    public required int RecordCount { get; init; }

    /// <summary>How many records may come to them.</summary>
    public required int InsertRoomCount { get; init; }

    /// <summary>How many blocks of 4 KiB a trace has to make do with.</summary>
    public required int TraceBlockCount { get; init; }

    /// <summary>Of the silo.</summary>
    public required string Capacity { get; init; }
}
