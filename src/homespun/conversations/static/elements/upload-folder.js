// What somebody chose or let fall: single files as they are, of each folder only what an archive is read from.

// dropped: a DataTransfer; gives {files: [File], folders: [{name, files: [{path, file}]}]}
export const dropped = async (transfer) => {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = await Promise.all(entries.filter((entry) => entry.isFile).map(fileOf));
  const folders = entries.filter((entry) => entry.isDirectory);
  return { files, folders: await Promise.all(folders.map(async (folder) => ({ name: folder.name, files: await below(folder, "") }))) };
};

// chosen: the files of an input with `webkitdirectory`
export const chosen = (files) => {
  const folders = new Map();
  for (const file of files) {
    const [name, ...rest] = file.webkitRelativePath.split("/");
    if (!folders.has(name)) folders.set(name, []);
    folders.get(name).push({ path: rest.join("/"), file });
  }
  return [...folders].map(([name, found]) => ({ name, files: found }));
};

// Only these ever leave the machine: messages, contacts and the rest of the folder are not even looked at.
export const allowed = (folder, allow) => {
  const files = folder.files.filter(({ path }) => allow.test(path)).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { name: folder.name, files, size: files.reduce((sum, { file }) => sum + file.size, 0) };
};

// The same folder gives the same words, so that it goes on where it broke off.
export const fingerprint = ({ name, files, size }) => {
  let sum = 0;
  for (const { path, file } of files) {
    for (const letter of `${path} ${file.size} ${file.lastModified}`) sum = (Math.imul(sum, 31) + letter.codePointAt(0)) >>> 0;
  }
  return `folder ${name} ${size} ${files.length} ${sum}`;
};

const below = async (folder, path) => {
  const found = [];
  for (const entry of await children(folder)) {
    const here = path ? `${path}/${entry.name}` : entry.name;
    if (entry.isDirectory) found.push(...(await below(entry, here)));
    else found.push({ path: here, file: await fileOf(entry) });
  }
  return found;
};

// A reader gives a hundred at a time, and nothing when there are no more.
const children = async (folder) => {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return all;
    all.push(...some);
  }
};

const fileOf = (entry) => new Promise((done, failed) => entry.file(done, failed));
