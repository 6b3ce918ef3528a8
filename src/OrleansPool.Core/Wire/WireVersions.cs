namespace OrleansPool.Core.Wire;

/// <summary>The versions of the protocol that this assembly speaks.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WireVersions
{
    /// <summary>The oldest.</summary>
    public const ushort Oldest = 1;

    /// <summary>The newest.</summary>
    public const ushort Newest = 1;

    /// <summary>The newest version that both ends speak; 0 if there is none.</summary>
    /// <param name="oldest">The oldest that the other end speaks.</param>
    /// <param name="newest">The newest that the other end speaks.</param>
    public static ushort Choose(ushort oldest, ushort newest)
    {
        ushort chosen = Math.Min(newest, Newest);
        return chosen >= Math.Max(oldest, Oldest) ? chosen : (ushort)0;
    }
}
