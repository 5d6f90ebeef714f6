using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ChatOpsBot.Domain.Evidence;

/// <summary>
/// Reads several XML documents that a tool printed one after another, with the text between them. The documents themselves say where they
/// end: nothing that stands inside one of them (names, descriptions, metadata) can pass for a border.
/// </summary>
internal static class XmlReading
{
    // No document type means no entities but the five of XML itself: entity bombs and external files cannot exist.
    private static readonly XmlReaderSettings Settings = new()
    {
        ConformanceLevel = ConformanceLevel.Fragment,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    /// <summary>
    /// Hands each top-level element to <paramref name="document"/>: the text since the element before it, and a reader that stands on the
    /// element and must not be moved behind its end. The text after the last element comes with a <see langword="null"/> reader.
    /// </summary>
    /// <exception cref="FormatException">The text is not well-formed; elements before the fault were handed over.</exception>
    public static void Each(string text, Action<string, XmlReader?> document)
    {
        var between = new StringBuilder();
        try
        {
            using var reader = XmlReader.Create(new StringReader(text), Settings);
            reader.Read();
            while (!reader.EOF)
            {
                if (reader.NodeType != XmlNodeType.Element)
                {
                    between.Append(reader.Value);
                    reader.Read();
                    continue;
                }

                document(between.ToString(), reader);
                LeaveElement(reader);
                between.Clear();
            }
        }
        catch (XmlException e)
        {
            throw new FormatException($"XML is not well-formed: {e.Message}", e);
        }

        document(between.ToString(), null);
    }

    private static void LeaveElement(XmlReader reader)
    {
        while (reader.Depth > 0)
        {
            reader.Skip();
        }

        // On the start of an element that was not entered, or on the end of one that was.
        if (reader.NodeType == XmlNodeType.Element)
        {
            reader.Skip();
        }
        else
        {
            reader.Read();
        }
    }

    /// <summary>Takes the top-level element that the reader stands on and stays on its end.</summary>
    public static XElement TakeDocument(XmlReader reader)
    {
        using var element = reader.ReadSubtree();
        element.Read();
        return Take(element);
    }

    /// <summary>Takes the element that the reader stands on and moves behind it.</summary>
    public static XElement Take(XmlReader reader) => (XElement)XNode.ReadFrom(reader);

    extension(XElement element)
    {
        /// <summary>An attribute of the first child of that name, or of the element itself when <paramref name="child"/> is empty.</summary>
        public string? Get(string child, string attribute)
        {
            var holder = child.Length == 0 ? element : element.Element(child);
            return holder?.Attribute(attribute)?.Value is { Length: > 0 } value ? value : null;
        }
    }
}
