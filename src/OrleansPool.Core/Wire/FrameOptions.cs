namespace OrleansPool.Core.Wire;

/// <summary>What holds for a frame whatever its type is.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Flags]
public enum FrameOptions : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Whoever does not know the frame's type leaves it out. Without this flag it answers <see cref="FrameType.Error"/>.</summary>
    Skippable = 1,
}
