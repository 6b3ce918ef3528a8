namespace OrleansPool.Simulation.Stories;

/// <summary>A method that tells a story; several of these tell it several times, each time with other particulars.</summary>
/// <param name="particulars">The method's arguments.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class ToldAttribute(params object[] particulars) : Attribute
{
    public IReadOnlyList<object> Particulars => particulars;
}
