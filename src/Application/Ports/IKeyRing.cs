namespace ChatOpsBot.Application.Ports;

/// <summary>Keeps the keys of cookies and form tokens where all services find them, each encrypted by its user. Without one they lie beside the console's key file.</summary>
public interface IKeyRing
{
    /// <summary>Every key, as XML.</summary>
    /// <exception cref="StoreException">The store cannot be read.</exception>
    IReadOnlyCollection<string> All();

    /// <summary>Adds a key.</summary>
    /// <param name="name">For people.</param>
    /// <param name="xml">The key, encrypted.</param>
    /// <exception cref="StoreException">The store cannot be written.</exception>
    void Add(string name, string xml);
}
