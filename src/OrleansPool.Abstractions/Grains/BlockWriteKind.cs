namespace OrleansPool.Grains;

/// <summary>What a <see cref="BlockWrite"/> does.</summary>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public enum BlockWriteKind : byte
{
    /// <summary>Writes bytes.</summary>
    Write,

    /// <summary>Replaces 8 aligned bytes if they have an expected value.</summary>
    CompareExchange,

    /// <summary>Adds to 8 aligned bytes.</summary>
    Add,
}
