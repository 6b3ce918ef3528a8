namespace OrleansPool.Core.Wire;

/// <summary>What an end can do beyond what every version has. Used only where both ends have it.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[Flags]
public enum WireFeatures : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,
}
