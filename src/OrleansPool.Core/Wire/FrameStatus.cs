namespace OrleansPool.Core.Wire;

/// <summary>What the next bytes of a connection are.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum FrameStatus : byte
{
    /// <summary>A frame whose header is sound.</summary>
    Ok,

    /// <summary>There are too few bytes to tell.</summary>
    Incomplete,

    /// <summary>The frame is longer than the receiver allows.</summary>
    TooLong,

    /// <summary>No frame begins here: the two ends have lost step, or the other one speaks another protocol.</summary>
    Malformed,
}
