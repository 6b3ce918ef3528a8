namespace OrleansPool.Grains;

/// <summary>A node's answer about one extent.</summary>
/// <param name="Status">Ok, or why not.</param>
/// <param name="Extent">The extent as it is now; null unless Ok.</param>
/// <remarks>Public for the other assemblies of OrleansPool, and for Orleans, only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
[GenerateSerializer, Immutable, Alias("OrleansPool.ExtentReply")]
public sealed record ExtentReply([property: Id(0)] OperationStatus Status, [property: Id(1)] OpenExtent? Extent);
