namespace OrleansPool.Simulation.World;

/// <summary>Whoever asks silos for something.</summary>
internal interface ISimClient
{
    /// <summary>A silo answers.</summary>
    void Receive(ClientReply reply);
}
