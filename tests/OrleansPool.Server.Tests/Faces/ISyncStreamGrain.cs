namespace OrleansPool.Server.Tests.Faces;

/// <summary>Uses the synchronous members of a stream and a writer in a grain's turn.</summary>
public interface ISyncStreamGrain : IGrainWithIntegerKey
{
    /// <summary>Writes over the lease's beginning, synchronously, and reads it back.</summary>
    Task<byte[]> OverwriteAsync(LeaseToken token, byte[] bytes);
}
