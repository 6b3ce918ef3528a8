namespace OrleansPool.Core.Segments;

/// <summary>Is told the result of an operation that had to wait. Called once, on whichever thread ran it, outside the segment.</summary>
public interface IOperationCompletion
{
    /// <summary>The operation is complete.</summary>
    void Complete(in OperationResult result);
}
