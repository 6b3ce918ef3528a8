namespace OrleansPool.Core.Segments;

/// <summary>What a copy relied on, to be confirmed before its bytes are used: see <see cref="Segment.Confirm"/>.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly struct ReadTicket
{
    internal ReadTicket(ReadRight right, ulong version)
    {
        Right = right;
        Version = version;
    }

    /// <summary>Sequence of the operation that wrote the block last: the version of the bytes.</summary>
    public ulong Version { get; }

    internal ReadRight? Right { get; }
}
