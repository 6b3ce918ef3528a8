namespace OrleansPool.Simulation.Tests.Witness;

/// <summary>How a made-up run goes.</summary>
internal sealed record RunOptions
{
    public int Seed { get; init; }

    public int OperationCount { get; init; } = 200;

    public int ClientCount { get; init; } = 4;

    public int SegmentCount { get; init; } = 2;

    public int BlockCount { get; init; } = 2;

    /// <summary>How many of the operations get no answer; about half of these run all the same.</summary>
    public int LossPercent { get; init; }

    /// <summary>Whether blocks go to new owners, all zero.</summary>
    public bool Takes { get; init; }

    /// <summary>Whether blocks get new generations and keep their bytes.</summary>
    public bool Transfers { get; init; }

    public RunBug Bug { get; init; }
}
