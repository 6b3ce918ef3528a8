namespace OrleansPool.Simulation.Linearizability.Models;

/// <summary>What a block of bytes can do.</summary>
public enum BlockOperation : byte
{
    /// <summary>Answers a range of bytes.</summary>
    Read,

    /// <summary>Writes a range of bytes.</summary>
    Write,

    /// <summary>Replaces 8 bytes if they have an expected value; answers the value found.</summary>
    CompareExchange,

    /// <summary>Adds to 8 bytes; answers the sum.</summary>
    Add,
}
