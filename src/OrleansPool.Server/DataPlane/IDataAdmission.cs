using OrleansPool.Core.Wire;
using OrleansPool.Transport.Server;

namespace OrleansPool.Server.DataPlane;

/// <summary>
/// Decides who may connect to the data port, by what it shows of itself. Register another in the silo's services before
/// <c>AddOrleansPool</c> to decide differently. What a connection may then do is decided with each request, by the right that the request
/// carries.
/// </summary>
public interface IDataAdmission
{
    /// <summary>Decides about one connection.</summary>
    /// <param name="hello">Its greeting.</param>
    /// <param name="remoteName">The other end's address.</param>
    ValueTask<Admission> AdmitAsync(Hello hello, string remoteName);
}
