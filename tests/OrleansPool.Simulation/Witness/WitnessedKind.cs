namespace OrleansPool.Simulation.Witness;

/// <summary>What an operation does to a block.</summary>
public enum WitnessedKind : byte
{
    /// <summary>Reads bytes. Not in the stream.</summary>
    Read,

    /// <summary>Writes bytes.</summary>
    Write,

    /// <summary>Replaces 8 bytes if they have an expected value; its value is the one found.</summary>
    CompareExchange,

    /// <summary>Adds to 8 bytes; its value is the sum.</summary>
    Add,

    /// <summary>The block goes to a new owner under a new generation, all zero. In the stream only, one for each block of a lease.</summary>
    Take,

    /// <summary>The block gets a new generation and keeps its bytes. In the stream only, one for each block of a lease.</summary>
    Transfer,
}
