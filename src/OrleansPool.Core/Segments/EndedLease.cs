namespace OrleansPool.Core.Segments;

/// <summary>A lease that was freed or ran out; its blocks can be taken again.</summary>
/// <param name="Owner">The label under which it was taken.</param>
/// <param name="BlockCount">How many blocks it had.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct EndedLease(string Owner, int BlockCount);
