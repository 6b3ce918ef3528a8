namespace OrleansPool.Core.Segments;

/// <summary>Is told the result of an operation that had to wait. Called once, on whichever thread ran it, outside the segment.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IOperationCompletion
{
    /// <summary>The operation is complete.</summary>
    void Complete(in OperationResult result);
}
