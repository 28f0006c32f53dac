export { support as default } from './deployed';
