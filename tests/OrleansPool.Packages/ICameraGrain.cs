namespace OrleansPool.Packages;

/// <summary>Publishes the frames of a camera.</summary>
public interface ICameraGrain : IGrainWithStringKey
{
    /// <summary>Puts a frame into fabric memory.</summary>
    /// <returns>The right to it, for whoever takes it on.</returns>
    Task<LeaseToken> Publish(ReadOnlyMemory<byte> frame);
}
