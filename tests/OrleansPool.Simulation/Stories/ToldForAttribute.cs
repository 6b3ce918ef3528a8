namespace OrleansPool.Simulation.Stories;

/// <summary>A method that tells a story once for each row of particulars that another method of its class gives.</summary>
/// <param name="rows">The name of that method: static, without parameters, one array of arguments a row.</param>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ToldForAttribute(string rows) : Attribute
{
    public string Rows => rows;
}
